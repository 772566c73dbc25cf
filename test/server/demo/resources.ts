/** Ways to look into generated resources, for the tests of this folder. */

/** Every `reference` of every Reference in `value`, in document order. */
export function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'reference' && typeof inner === 'string' ? [inner] : referencesIn(inner),
  );
}

/** Every object in `value` that has both a system and a code: codings and quantities. */
export function codedIn(value: unknown): { system: string; code: string; display?: string }[] {
  if (Array.isArray(value)) return value.flatMap(codedIn);
  if (typeof value !== 'object' || value === null) return [];
  const { system, code, display } = value as Record<string, unknown>;
  const here =
    typeof system === 'string' && typeof code === 'string'
      ? [{ system, code, ...(typeof display === 'string' ? { display } : {}) }]
      : [];
  return [...here, ...Object.values(value).flatMap(codedIn)];
}
