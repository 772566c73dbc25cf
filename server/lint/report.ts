/** What a linter found in many resources: issues grouped by rule and element, with counts and examples. */
import type { Issue, IssueSeverity } from '../../resources/outcome.ts';
import type { AnyResource } from '../../resources/types.ts';

export interface Example {
  /** Which resource, and where it came from: `Patient/maria (patients.ndjson:3)`. */
  readonly resource: string;
  readonly expression?: string;
  readonly diagnostics: string;
}

/** Issues of one rule on one element. */
export interface Group {
  readonly rule: string;
  readonly severity: IssueSeverity;
  /** The element without indexes: `Patient.name.given`. */
  readonly element: string;
  readonly count: number;
  /** How many resources have it. */
  readonly resources: number;
  readonly examples: readonly Example[];
}

export interface Report {
  readonly resources: number;
  /** Without an error. */
  readonly valid: number;
  readonly byType: Readonly<Record<string, number>>;
  readonly issues: Readonly<Record<IssueSeverity, number>>;
  /** Errors first, then the most frequent. */
  readonly groups: readonly Group[];
}

const EXAMPLES = 3;
/** Groups beyond these are counted and not told: a hostile input must not fill the memory. */
const MOST_GROUPS = 2000;

const ORDER: readonly IssueSeverity[] = ['fatal', 'error', 'warning', 'information'];

interface Draft {
  readonly rule: string;
  readonly severity: IssueSeverity;
  readonly element: string;
  count: number;
  resources: number;
  last: string;
  readonly examples: Example[];
}

export interface Linter {
  /** Takes in the issues of a resource; `where` tells it from others. */
  add(resource: AnyResource | undefined, where: string, issues: readonly Issue[]): void;
  report(): Report;
}

export function linter(): Linter {
  const drafts = new Map<string, Draft>();
  const byType: Record<string, number> = {};
  const counts: Record<IssueSeverity, number> = { fatal: 0, error: 0, warning: 0, information: 0 };
  let [resources, valid] = [0, 0];
  return {
    add(resource, where, issues) {
      resources++;
      const type = resource?.resourceType ?? 'unreadable';
      byType[type] = (byType[type] ?? 0) + 1;
      if (!issues.some(({ severity }) => severity === 'error' || severity === 'fatal')) valid++;
      for (const issue of issues) {
        counts[issue.severity]++;
        const place = placeOf(resource, issue.expression?.[0]);
        const name = place.resource ? `${place.resource} (${where})` : where;
        const rule = issue.rule ?? issue.code;
        const key = `${issue.severity} ${rule} ${place.element}`;
        const draft = drafts.get(key) ?? {
          ...{ rule, severity: issue.severity, element: place.element },
          ...{ count: 0, resources: 0, last: '', examples: [] },
        };
        if (!drafts.has(key) && drafts.size >= MOST_GROUPS) continue;
        drafts.set(key, draft);
        draft.count++;
        if (draft.last !== name) draft.resources++;
        draft.last = name;
        if (draft.examples.length < EXAMPLES)
          draft.examples.push({ resource: name, expression: issue.expression?.[0], diagnostics: issue.diagnostics });
      }
    },
    report: () => ({
      resources,
      valid,
      byType: Object.fromEntries(Object.entries(byType).sort(([, a], [, b]) => b - a)),
      issues: { ...counts },
      groups: [...drafts.values()].map(({ last: _last, ...group }) => group).sort(inOrder),
    }),
  };
}

const inOrder = (a: Group, b: Group): number =>
  ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || b.count - a.count || (a.rule < b.rule ? -1 : 1);

const nameOf = (resource: AnyResource | undefined): string | undefined =>
  resource && (resource.id === undefined ? resource.resourceType : `${resource.resourceType}/${resource.id}`);

/** The resource that an issue is about, which may be an entry of a Bundle, and its element without indexes. */
function placeOf(resource: AnyResource | undefined, expression = ''): { resource?: string; element: string } {
  const [, index, rest = ''] = /^Bundle\.entry\[(\d+)\]\.resource(.*)$/.exec(expression) ?? [];
  const entries: unknown = index === undefined ? undefined : resource?.entry;
  const entry = Array.isArray(entries)
    ? (entries[Number(index)] as { resource?: AnyResource } | null)?.resource
    : undefined;
  const element = entry ? `${entry.resourceType}${rest}` : expression;
  return { resource: nameOf(entry ?? resource), element: element.replace(/\[\d+\]/g, '') };
}
