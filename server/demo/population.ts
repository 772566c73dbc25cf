/**
 * A believable, synthetic care-coordination population as transaction Bundles, the same for the same seed.
 * https://hl7.org/fhir/R4/http.html#transaction
 */
import type { Bundle, FhirResource } from '../../resources/types.ts';
import { dayOf } from './calendar.ts';
import { clientResources } from './client.ts';
import { asPosts } from './post-form.ts';
import { practice } from './practice.ts';
import { Random } from './random.ts';
import { type Story, storyOf } from './story.ts';

/** put: every resource under an id of its own, so that loading again changes nothing. post: new ids, references by urn:uuid. */
export type DemoForm = 'put' | 'post';

export interface DemoOptions {
  /** How many clients; 0 gives the practice alone. */
  readonly clients: number;
  /** 0 to 4294967295. */
  readonly seed: number;
  /** The day on which the story is told: YYYY-MM-DD. Appointments go on for two months after it. */
  readonly until: string;
  /** Of the clients' Bundles; the practice always goes in by PUT. Default put. */
  readonly form?: DemoForm;
}

/** What a fullUrl of the put form begins with. No server answers there: `.example` is kept for documents. */
const base = 'https://demo.throughline.example/fhir';

const asPuts = (resources: readonly FhirResource[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: resources.map((resource) => {
    const url = `${resource.resourceType}/${resource.id}`;
    return { fullUrl: `${base}/${url}`, resource, request: { method: 'PUT', url } };
  }),
});

const wholeNumber = (name: string, value: number, most: number): void => {
  if (!Number.isSafeInteger(value) || value < 0 || value > most)
    throw new RangeError(`${name} is ${value}; expected a whole number from 0 to ${most}`);
};

/**
 * The story of client `index`, counted from 1: what the client's Bundle tells, before it is resources.
 * @throws RangeError when the seed or the date is out of range
 */
export function clientStory({ seed, until }: Pick<DemoOptions, 'seed' | 'until'>, index: number): Story {
  wholeNumber('seed', seed, 0xffff_ffff);
  return storyOf(seed, index, dayOf(until));
}

/** The Bundle of client `index`, counted from 1; it does not depend on how many clients there are. */
export function clientBundle(options: Omit<DemoOptions, 'clients'>, index: number): Bundle {
  const puts = asPuts(clientResources(clientStory(options, index)));
  return options.form === 'post' ? asPosts(puts, new Random(options.seed, index, 'urn:uuid')) : puts;
}

export const practiceBundle = (): Bundle => asPuts(practice());

/**
 * Transaction Bundles in the order to load them: the practice, then one for each client. Lazy: memory does not grow with `clients`.
 * @throws RangeError at the first step, when an option is out of range
 */
export function* population(options: DemoOptions): Generator<Bundle> {
  // National-style numbers are unique up to a billion clients.
  wholeNumber('clients', options.clients, 999_999_999);
  wholeNumber('seed', options.seed, 0xffff_ffff);
  dayOf(options.until);
  yield practiceBundle();
  for (let index = 1; index <= options.clients; index++) yield clientBundle(options, index);
}
