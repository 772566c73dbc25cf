/** Names in SQL from names of the model. */

export const snake = (name: string): string =>
  name
    .replaceAll('-', '_')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();

/** `activities` as `activity`, `risk-scores` as `risk_score`; `feedback` stays. */
export const singular = (plural: string): string =>
  snake(plural)
    .replace(/ies$/, 'y')
    .replace(/(ss|x|ch|sh)es$/, '$1')
    .replace(/([^s])s$/, '$1');

/** The view of a list: `care_plan_goals` of the field `goalIds` of a plan. */
export const listName = (owner: string, field: string): string => `${owner}_${snake(field.replace(/Ids$/, 's'))}`;

/** `started_at` and `started_day` for the field `startedAt`, `start_at` and `start_day` for `start`. */
export function momentNames(name: string): { readonly at: string; readonly day: string; readonly precision: string } {
  const base = name.replace(/_(at|on)$/, '');
  const of = (suffix: string): string => (base === 'at' ? suffix : `${base}_${suffix}`);
  return { at: of('at'), day: of('day'), precision: of('precision') };
}

/** What SQL keeps for itself is called otherwise. */
const otherwise: Readonly<Record<string, string>> = { order: 'order_reference' };

export const columnName = (name: string): string => otherwise[name] ?? name;
