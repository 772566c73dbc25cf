/** What a command says when it cannot go on: one sentence, no stack. */

/** The sentence of an error, with what lies behind it where the error itself says little (`fetch failed`). */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const parts = [error.message, behind(error)].filter((part) => part !== '');
  return parts.length === 0 ? error.name : parts.join(': ');
}

function behind(error: Error): string {
  if (error instanceof AggregateError && error.message === '')
    return [...new Set(error.errors.map(sentenceOf))].join('; ');
  // A FhirError and our own sentences are complete; a cause is worth reading only behind the generic words of a library.
  return error.message === 'fetch failed' && error.cause !== undefined ? sentenceOf(error.cause) : '';
}

/** An address without the password in it. */
export const masked = (url: string): string => url.replace(/(:\/\/[^:@/]*):[^@/]*@/, '$1:***@');
