/**
 * Configuration: each setting is declared once, with its flag, its environment variable, its default and its reader. From this list come the
 * command line's help, the documentation's table (test/docs.test.ts holds them together) and the Config.
 */
import { InvalidArgumentError, Option } from 'commander';
import { isResourceType } from '../resources/definition.ts';
import { type RuleSettings, ruleNames, type Threshold, thresholds } from '../resources/index.ts';
import type { ResourceType } from '../resources/types.ts';
import { CLAIMED, DEFINITION, type ValidationPolicy, type ValidationSettings } from './validation.ts';

export interface Config extends ValidationSettings {
  readonly port: number;
  readonly host: string;
  readonly database: string;
  /** Public address of `/fhir`, without a slash at the end; from host and port when not given. */
  readonly baseUrl?: string;
  readonly workers: number;
  readonly maxBodyBytes: number;
  readonly maxBundleEntries: number;
  readonly defaultCount: number;
  readonly maxCount: number;
  /** Of one statement; 0 for none. */
  readonly searchTimeoutMs: number;
  /** Of resources read by id; SQLite. */
  readonly readCacheMb: number;
  readonly rules?: RuleSettings;
  /** Minutes; 0 for never. */
  readonly sweepMinutes: number;
  readonly compressAbove: number;
  readonly fullText: boolean;
  readonly explain: boolean;
  readonly ownDefinitions: boolean;
  readonly corsOrigins: readonly string[];
  readonly logLevel: string;
  readonly graceSeconds: number;
  readonly openWithoutAuthorization: boolean;
}

const whole =
  (minimum: number, maximum: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum)
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
    return value;
  };

function yesOrNo(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new InvalidArgumentError('It must be true or false.');
}

function databaseUrl(text: string): string {
  if (/^sqlite:./.test(text) || /^postgres(ql)?:\/\/./.test(text)) return text;
  throw new InvalidArgumentError(
    'It must be sqlite:PATH, sqlite::memory: or postgres://user:password@host:port/database.',
  );
}

function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash)
    throw new InvalidArgumentError('It must be an http or https address such as https://care.example/fhir.');
  return text.replace(/\/+$/, '');
}

function origins(text: string): readonly string[] {
  const list = text.split(',').map((origin) => origin.trim());
  const wrong = list.find((origin) => origin !== '*' && origin !== 'local' && !/^https?:\/\/[^/\s]+$/.test(origin));
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      `"${wrong}" is no origin; expected *, local, or addresses such as https://app.example.`,
    );
  return list;
}

const POLICIES: readonly ValidationPolicy[] = ['reject', 'warn', 'off'];

/** `Patient=warn,profile=off,https://care.example/StructureDefinition/client=reject`: the policy stands after the last `=`. */
export function validationRules(text: string): ReadonlyMap<string, ValidationPolicy> {
  const rules = listOf(text).map((rule) => {
    const at = rule.lastIndexOf('=');
    const [key, policy] = [rule.slice(0, Math.max(at, 0)).trim(), rule.slice(at + 1).trim()];
    if (!isResourceType(key) && key !== CLAIMED && key !== DEFINITION && !isUrl(key))
      throw new InvalidArgumentError(
        `"${rule}" names "${key}"; expected a resource type, ${CLAIMED}, ${DEFINITION}, or the canonical URL of a profile, then = and a policy.`,
      );
    const known = POLICIES.find((each) => each === policy);
    if (!known)
      throw new InvalidArgumentError(`"${rule}" has the policy "${policy}"; expected ${POLICIES.join(', ')}.`);
    return [key, known] as const;
  });
  return new Map(rules);
}

/** `Patient=http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|6.1.0`: a type may come several times. */
export function requiredProfiles(text: string): ReadonlyMap<ResourceType, readonly string[]> {
  const profiles = new Map<ResourceType, readonly string[]>();
  for (const rule of listOf(text)) {
    const at = rule.indexOf('=');
    const [type, profile] = [rule.slice(0, Math.max(at, 0)).trim(), rule.slice(at + 1).trim()];
    if (!isResourceType(type) || !isUrl(profile))
      throw new InvalidArgumentError(
        `"${rule}" is no requirement; expected a resource type, then = and the canonical URL of a profile.`,
      );
    profiles.set(type, [...(profiles.get(type) ?? []), profile]);
  }
  return profiles;
}

/** `off`, or `safety=off,review-total=12`: rules that are turned off by name, and thresholds. */
export function ruleSettings(text: string): RuleSettings {
  const off: string[] = [];
  const set: Partial<Record<Threshold, number>> = {};
  for (const part of listOf(text)) {
    const [name = '', value = ''] = part.split('=', 2).map((each) => each.trim());
    if (part === 'off') off.push(...ruleNames);
    else if (ruleNames.includes(name) && value === 'off') off.push(name);
    else if (Object.hasOwn(thresholds, name) && /^\d{1,4}$/.test(value)) set[name as Threshold] = Number(value);
    else
      throw new InvalidArgumentError(
        `"${part}" is neither off, nor a rule (${ruleNames.join(', ')}) and =off, nor a threshold (${Object.keys(thresholds).join(', ')}) and a number.`,
      );
  }
  return { off, thresholds: set };
}

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const isUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\S+$/i.test(text);

/** The settings of `throughline serve`. */
export const serveOptions: readonly Option[] = [
  new Option('-p, --port <number>', 'TCP port; 0 takes a free one')
    .env('PORT')
    .default(8080)
    .argParser(whole(0, 65535)),
  new Option('--host <address>', 'address to listen on').env('HOST').default('127.0.0.1'),
  databaseOption(),
  new Option('--base-url <url>', 'public address of /fhir, for links behind a proxy')
    .env('BASE_URL')
    .argParser(baseUrl),
  new Option('--workers <number>', 'processes that answer reads beside one writer (SQLite)')
    .env('WORKERS')
    .default(1)
    .argParser(whole(1, 64)),
  new Option('--max-body-bytes <number>', 'largest request body')
    .env('MAX_BODY_BYTES')
    .default(50 * 1024 * 1024)
    .argParser(whole(1024, 2 ** 30)),
  new Option('--max-bundle-entries <number>', 'most entries of a batch or transaction')
    .env('MAX_BUNDLE_ENTRIES')
    .default(5000)
    .argParser(whole(1, 1_000_000)),
  new Option('--default-count <number>', '_count when a request names none')
    .env('DEFAULT_COUNT')
    .default(50)
    .argParser(whole(1, 10_000)),
  new Option('--max-count <number>', 'largest _count').env('MAX_COUNT').default(1000).argParser(whole(1, 10_000)),
  new Option(
    '--search-timeout-ms <number>',
    'how long a statement of a search may take before it is given up; 0 for ever',
  )
    .env('SEARCH_TIMEOUT_MS')
    .default(30_000)
    .argParser(whole(0, 3_600_000)),
  new Option(
    '--read-cache-mb <number>',
    'megabytes of resources read by id that are kept while nobody changes them, in each process (SQLite); 0 for none',
  )
    .env('READ_CACHE_MB')
    .default(32)
    .argParser(whole(0, 65_536)),
  new Option(
    '--validation <policy>',
    'what happens to a write that breaks the rules of R4: refused, told, or not looked at',
  )
    .env('VALIDATION')
    .default('reject')
    .choices(['reject', 'warn', 'off']),
  new Option(
    '--validation-rules <list>',
    'other policies: by resource type, by canonical of a profile, for every profile that a resource claims (profile), for definitions (definition)',
  )
    .env('VALIDATION_RULES')
    .argParser(validationRules),
  new Option(
    '--required-profiles <list>',
    'profiles that every resource of a type has to meet: Patient=https://care.example/StructureDefinition/client',
  )
    .env('REQUIRED_PROFILES')
    .argParser(requiredProfiles),
  new Option(
    '--rules <list>',
    'the rules of the clinic: off turns all of them off, safety=off one, review-total=12 sets a threshold',
  )
    .env('RULES')
    .argParser(ruleSettings),
  new Option(
    '--sweep-minutes <number>',
    'how often the rules look at what time alone has made due, such as a goal whose day has passed; 0 for never',
  )
    .env('SWEEP_MINUTES')
    .default(60)
    .argParser(whole(0, 10_080)),
  new Option(
    '--full-text [true|false]',
    'answer searches by words, _text and _content; the texts of every resource are indexed',
  )
    .env('FULL_TEXT')
    .default(false)
    .preset('true')
    .argParser(yesOrNo),
  new Option(
    '--own-definitions [true|false]',
    'store the definitions of Throughline itself (profiles, questionnaires, maps) as resources, to be searched and read like others',
  )
    .env('OWN_DEFINITIONS')
    .default(true)
    .preset('true')
    .argParser(yesOrNo),
  new Option('--compress-above <bytes>', 'answers longer than this are compressed for clients that can read it')
    .env('COMPRESS_ABOVE')
    .default(8192)
    .argParser(whole(0, 2 ** 30)),
  new Option(
    '--explain [true|false]',
    'answer searches with _explain=true by how they are understood and carried out, statements included',
  )
    .env('EXPLAIN')
    .default(false)
    .preset('true')
    .argParser(yesOrNo),
  new Option(
    '--cors-origins <list>',
    'origins whose pages may call the server: *, local, or addresses, separated by commas',
  )
    .env('CORS_ORIGINS')
    .default(['local'], 'local')
    .argParser(origins),
  new Option('--log-level <level>', 'what is logged')
    .env('LOG_LEVEL')
    .default('info')
    .choices(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
  new Option('--grace-seconds <number>', 'how long requests in flight may take at shutdown')
    .env('GRACE_SECONDS')
    .default(30)
    .argParser(whole(0, 3600)),
  new Option(
    '--open-without-authorization [true|false]',
    'serve everybody who can reach the port: needed to listen elsewhere than on this machine while no authorization is configured',
  )
    .env('OPEN_WITHOUT_AUTHORIZATION')
    .default(false)
    .preset('true')
    .argParser(yesOrNo),
];

/** The database of every command. */
export function databaseOption(): Option {
  return new Option('-d, --database <url>', 'sqlite:PATH, sqlite::memory: or postgres://...')
    .env('DATABASE_URL')
    .default('sqlite:throughline.sqlite')
    .argParser(databaseUrl);
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/**
 * What forbids a start with these settings, as a sentence; undefined when nothing does. Without authorization, whoever reaches the port reads and
 * changes everything, so listening beyond this machine has to be asked for by name.
 */
export function refusal({ host, openWithoutAuthorization, workers, database }: Config): string | undefined {
  if (!LOOPBACK.test(host) && !openWithoutAuthorization)
    return `HOST is ${host}, which other machines can reach, and no authorization is configured. Listen on 127.0.0.1, or say --open-without-authorization if everybody who can reach the port may read and change everything.`;
  if (workers > 1 && database === 'sqlite::memory:')
    return 'WORKERS above 1 needs a database that processes can share; sqlite::memory: belongs to one process.';
  return undefined;
}
