/** Where the command line writes: the database, in this process, or a running server. One small port for both. */
import { pino } from 'pino';
import type { RuleSettings } from '../../resources/index.ts';
import { stringifyJson } from '../../resources/json.ts';
import { FhirError, type Issue, type IssueCode, issue } from '../../resources/outcome.ts';
import type { AnyResource, Bundle, OperationOutcome } from '../../resources/types.ts';
import { createEngine, type Engine } from '../engine.ts';
import { type FhirRequest, isStoredJson } from '../interaction/interaction.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import type { ValidationSettings } from '../validation.ts';
import { masked, sentenceOf } from './sentence.ts';

export interface Target {
  /** The address, without a password. */
  readonly name: string;
  /** Stores a resource: by PUT when it has an id, by POST otherwise. @throws FhirError when it is refused */
  write(resource: AnyResource): Promise<void>;
  /** Carries out a batch or transaction; gives the response Bundle. @throws FhirError when it is refused as a whole */
  execute(bundle: Bundle): Promise<Bundle>;
  close(): Promise<void>;
}

export interface TargetOptions extends ValidationSettings {
  readonly database: string;
  /** A running server in place of the database. */
  readonly to?: string;
  /** Of the server that serves the database: references that begin with it are local. */
  readonly baseUrl?: string;
  readonly rules?: RuleSettings;
}

/** @throws Error with a sentence when the target cannot be reached */
export const targetOf = (options: TargetOptions): Promise<Target> =>
  options.to === undefined ? databaseTarget(options) : serverTarget(options.to);

const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** Where `throughline serve` is unless told otherwise. */
export const DEFAULT_BASE = 'http://127.0.0.1:8080/fhir';

/** The server without HTTP on the database, and that database. @throws Error with a sentence when it cannot be opened */
export async function openApp({
  database,
  baseUrl = DEFAULT_BASE,
  ...settings
}: Omit<TargetOptions, 'to'>): Promise<{ readonly app: Engine; readonly store: Store }> {
  const store = await openStore({ url: database }).catch((cause) => {
    throw new Error(`${masked(database)} cannot be opened: ${sentenceOf(cause)}; throughline doctor says more`, {
      cause,
    });
  });
  const app = await createEngine({
    ...settings,
    store,
    baseUrl,
    limits: { bundleEntries: NO_LIMIT, bodyBytes: NO_LIMIT, defaultCount: 50, maximumCount: 1000 },
    logger: pino({ level: 'silent' }),
    background: false,
    explain: false,
  });
  return { app, store };
}

/** The database, through the same interactions that the server offers. @throws Error when it cannot be opened */
async function databaseTarget(options: TargetOptions): Promise<Target> {
  const { app, store } = await openApp(options);
  const run = (request: Pick<FhirRequest, 'interaction' | 'type' | 'id' | 'body'>) =>
    app.dispatch({
      ...request,
      query: new URLSearchParams(),
      conditions: {},
      prefer: { return: 'minimal', handling: 'lenient' },
    });
  return {
    name: masked(options.database),
    async write(body) {
      const { resourceType: type, id } = body;
      await run(id === undefined ? { interaction: 'create', type, body } : { interaction: 'update', type, id, body });
    },
    async execute(bundle) {
      const { body } = await run({ interaction: 'batch', body: bundle as unknown as AnyResource });
      return (body && isStoredJson(body) ? JSON.parse(body.json) : body) as Bundle;
    },
    close: () => store.close(),
  };
}

/**
 * The server at `base`, over HTTP with connections kept alive.
 * @throws Error with a sentence when there is no FHIR R4 server at it
 */
async function serverTarget(base: string): Promise<Target> {
  await requireR4(base);
  const send = async (method: string, path: string, body: string): Promise<string> => {
    const response = await answerOf(`${base}${path}`, method, body);
    const text = await response.text();
    if (response.ok) return text;
    throw new FhirError(response.status, issuesIn(text, response.status));
  };
  return {
    name: base,
    async write(resource) {
      const { resourceType, id } = resource;
      const [method, path] =
        id === undefined ? ['POST', `/${resourceType}`] : ['PUT', `/${resourceType}/${encodeURIComponent(id)}`];
      await send(method, path, stringifyJson(resource));
    },
    async execute(bundle) {
      return JSON.parse((await send('POST', '', stringifyJson(bundle))) || '{"resourceType":"Bundle"}') as Bundle;
    },
    close: () => Promise.resolve(),
  };
}

/** https://hl7.org/fhir/R4/http.html#capabilities */
async function requireR4(base: string): Promise<void> {
  const response = await answerOf(`${base}/metadata`, 'GET');
  const text = await response.text();
  const version = /"fhirVersion"\s*:\s*"([^"]{1,20})"/.exec(text)?.[1];
  if (!response.ok || version === undefined)
    throw new Error(
      `${base}/metadata answers ${response.status} without a CapabilityStatement; is it the base of a FHIR server?`,
    );
  if (!version.startsWith('4.0')) throw new Error(`${base} speaks FHIR ${version}; expected 4.0.1 (R4)`);
}

async function answerOf(url: string, method: string, body?: string): Promise<Response> {
  const type = 'application/fhir+json';
  const sent =
    body === undefined ? {} : { body, headers: { Accept: type, 'Content-Type': type, Prefer: 'return=minimal' } };
  try {
    return await fetch(url, { method, headers: { Accept: type }, ...sent });
  } catch (cause) {
    throw new FhirError(503, [issue('transient', `${url} does not answer: ${sentenceOf(cause)}`)], { cause });
  }
}

/** The Issues of an OperationOutcome; of anything else, one that gives the status. */
function issuesIn(text: string, status: number): readonly Issue[] {
  const fallback = issue('processing', `The server answered ${status} without an OperationOutcome`);
  let outcome: OperationOutcome;
  try {
    outcome = JSON.parse(text) as OperationOutcome;
  } catch {
    return [fallback];
  }
  if (outcome?.resourceType !== 'OperationOutcome' || !Array.isArray(outcome.issue)) return [fallback];
  return outcome.issue.map(({ severity, code, diagnostics, details, expression }) =>
    issue(code as IssueCode, diagnostics ?? details?.text ?? '', { severity, ...(expression ? { expression } : {}) }),
  );
}
