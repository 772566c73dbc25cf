/** The time limit of statements that a search composed: no request keeps a connection for ever. */
import { FhirError, issue } from '../../resources/outcome.ts';

/** 422, not 503: the same search would take as long again, so that a client has to narrow it before it tries again. */
export const tooLong = (limitMs: number, cause?: unknown): FhirError =>
  new FhirError(
    422,
    [
      issue(
        'too-costly',
        `This search takes longer than ${limitMs >= 1000 ? `${limitMs / 1000} s` : `${limitMs} ms`}, the limit of this server; ` +
          'narrow it, for example by a patient, a code or a range of dates, or leave out _total and _sort',
        { rule: 'search-time-limit' },
      ),
    ],
    { cause },
  );
