/** The parameter that says when care was given, by type: `start` and `end` of $everything ask it. */
import type { ResourceType } from '../../../resources/types.ts';
import type { SearchContext } from '../../search/query.ts';

/** In the order in which they are tried: R4 calls the date that matters clinically `date` where it names one. */
const CODES = [
  'date',
  'onset-date',
  'period',
  'effective-time',
  'effective',
  'occurrence',
  'event-date',
  'started',
  'sent',
  'collected',
  'whenhandedover',
  'start-date',
  'datetime',
  'datewritten',
  'authored',
  'authored-on',
  'authoredon',
  'identified',
  'created',
] as const;

/** Types whose parameter of such a name is no time of care, or where another one says it better. */
const EXCEPTIONS: Partial<Record<ResourceType, string | null>> = {
  // The first is when it was noted; an allergy is there at all times.
  AllergyIntolerance: null,
  DocumentReference: 'period',
  // Its period is there only once somebody has begun.
  Task: 'authored-on',
  MedicationRequest: 'authoredon',
};

/** Undefined where a type has none. */
export function careDate(type: ResourceType, { parameters }: SearchContext): string | undefined {
  const exception = EXCEPTIONS[type];
  if (exception !== undefined) return exception ?? undefined;
  return CODES.find((code) => parameters.get(type, code)?.type === 'date');
}
