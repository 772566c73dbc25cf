/** JSON with every number as the text it was written with, by means that share nothing with the server's reader. */

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The value of `text`, in which the number 1.00 is the text `#1.00`. */
export function literalJson(text: string): unknown {
  return JSON.parse(text.replace(TOKEN, (token) => (token.startsWith('"') ? token : `"#${token}"`)));
}

type Meta = { versionId?: unknown; lastUpdated?: unknown };

/** The same without what the server sets: `meta.versionId` and `meta.lastUpdated`. */
export function withoutVersion(resource: unknown): unknown {
  const { meta, ...elements } = resource as { meta?: Meta };
  const { versionId: _, lastUpdated: __, ...rest } = meta ?? {};
  return Object.keys(rest).length === 0 ? elements : { ...elements, meta: rest };
}
