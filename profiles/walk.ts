/**
 * One validation in progress: what it has found, what it is allowed to spend, and where in the resource it stands. Nothing here
 * outlives the call of `validate`.
 */
import type { Issue, IssueCode, IssueSeverity } from '../resources/outcome.ts';
import type { JsonObject } from '../resources/types.ts';
import { nestedScope } from './node.ts';
import type { Profiles } from './profile.ts';
import type { Resolved } from './reference.ts';
import type { DefinitionSource } from './source.ts';
import type { Terminology } from './terminology.ts';

export interface ValidateOptions {
  /** Canonicals that the resource must meet beside those of its `meta.profile`. */
  readonly profiles?: readonly string[];
  readonly mode?: 'create' | 'update' | 'delete' | 'profile';
  /** How an extension with an unknown URL is reported; `error` as HL7's validator does. Unknown modifier extensions are errors always. */
  readonly unknownExtension?: IssueSeverity;
  /** How a profile in `meta.profile` that is not known is reported. */
  readonly unknownProfile?: IssueSeverity;
  /** How a departure of a QuestionnaireResponse from its Questionnaire is reported; `error` unless said otherwise. */
  readonly answers?: IssueSeverity;
  /** How a display that is none of the code's names is reported; `error` as HL7's validator does. */
  readonly wrongDisplay?: IssueSeverity;
  /** Report elements that a profile says must be supported and that are not there, as information. */
  readonly mustSupport?: boolean;
  /** False to look at the profiles only: the caller has checked the base types before. */
  readonly base?: boolean;
  /** Report advice (best practice such as dom-6) as warnings; true unless said otherwise. */
  readonly bestPractice?: boolean;
  /** The resource that a reference outside the resource names, when the caller has it at hand. */
  readonly resolve?: (reference: string) => JsonObject | undefined;
}

/** The resource that a node stands in, for `%resource`, `%rootResource` and `resolve()`. */
export interface Scope {
  readonly resource: JsonObject;
  /** The container of a contained resource; otherwise the resource itself. */
  readonly rootResource: JsonObject;
  readonly path: string;
  /** The Bundle that the resource is an entry of, outermost last. */
  readonly bundle?: { readonly resource: JsonObject; readonly fullUrl?: string; readonly scope: Scope };
}

// An answer longer than this helps nobody, and a hostile resource could otherwise ask for gigabytes. Errors have a count of their own, so
// that no flood of advice hides one.
const MOST_ERRORS = 500;
const MOST_OTHERS = 500;
/** Deeper nesting than any sensible resource has, and far from the end of the stack. */
export const DEEPEST = 120;

export class Walk {
  readonly issues: Issue[] = [];
  readonly source: DefinitionSource;
  readonly terminology: Terminology;
  readonly profiles: Profiles;
  readonly options: ValidateOptions;
  depth = 0;
  #errors = 0;
  #others = 0;

  constructor(source: DefinitionSource, terminology: Terminology, profiles: Profiles, options: ValidateOptions) {
    this.source = source;
    this.terminology = terminology;
    this.profiles = profiles;
    this.options = options;
  }

  /** A walk that finds out without telling: whether a value conforms to one of several profiles. */
  silent(): Walk {
    const walk = new Walk(this.source, this.terminology, this.profiles, this.options);
    walk.#entries = this.#entries;
    walk.#conformance = this.#conformance;
    return walk;
  }

  readonly #entered = new WeakMap<object, Set<string>>();
  #conformance = new WeakMap<object, Map<string, boolean>>();

  /** True the first time that a value is to be held to a profile, so that nothing is reported twice and cycles end. */
  enter(value: unknown, profile: string): boolean {
    if (typeof value !== 'object' || value === null) return true;
    const entered = this.#entered.get(value);
    if (!entered) this.#entered.set(value, new Set([profile]));
    else if (entered.has(profile)) return false;
    else entered.add(profile);
    return true;
  }

  /** Whether a value conforms to a profile, found out once. While it is being found out it counts as conforming: cycles end. */
  remember(value: unknown, profile: string, test: () => boolean): boolean {
    if (typeof value !== 'object' || value === null) return test();
    let known = this.#conformance.get(value);
    if (!known) {
      known = new Map();
      this.#conformance.set(value, known);
    }
    const before = known.get(profile);
    if (before !== undefined) return before;
    known.set(profile, true);
    const result = test();
    known.set(profile, result);
    return result;
  }

  report(severity: IssueSeverity, code: IssueCode, rule: string, path: string, diagnostics: string): void {
    const isError = severity === 'error' || severity === 'fatal';
    const count = isError ? ++this.#errors : ++this.#others;
    const most = isError ? MOST_ERRORS : MOST_OTHERS;
    if (count <= most) this.issues.push({ severity, code, diagnostics, expression: [path], rule });
    else if (count === most + 1)
      this.issues.push({
        severity: isError ? 'error' : 'information',
        code: 'too-costly',
        rule: 'issue-limit',
        diagnostics: `More than ${most} ${isError ? 'errors' : 'warnings'}: the rest is not reported`,
      });
  }

  error(code: IssueCode, rule: string, path: string, diagnostics: string): void {
    this.report('error', code, rule, path, diagnostics);
  }

  warning(code: IssueCode, rule: string, path: string, diagnostics: string): void {
    this.report('warning', code, rule, path, diagnostics);
  }

  readonly #ids = new WeakMap<JsonObject, Set<unknown>>();

  /** Whether an element of the resource has been seen with this id; it has from now on. */
  isKnownId(resource: JsonObject, id: unknown): boolean {
    const seen = this.#ids.get(resource);
    if (!seen) this.#ids.set(resource, new Set([id]));
    else if (seen.has(id)) return true;
    else seen.add(id);
    return false;
  }

  #entries = new WeakMap<JsonObject, ReadonlyMap<string, Resolved>>();

  /** The entries of the Bundle of `scope` by fullUrl, and by `Type/id`. */
  entriesOf(scope: Scope): ReadonlyMap<string, Resolved> {
    const bundle = scope.resource;
    const known = this.#entries.get(bundle);
    if (known) return known;
    const entries = new Map<string, Resolved>();
    this.#entries.set(bundle, entries);
    const list = Array.isArray(bundle.entry) ? (bundle.entry as readonly (JsonObject | null)[]) : [];
    for (const [at, entry] of list.entries()) {
      const resource = entry?.resource as JsonObject | undefined;
      if (typeof resource !== 'object' || resource === null) continue;
      const inner = nestedScope(
        resource,
        entry ?? {},
        'Bundle.entry.resource',
        `${scope.path}.entry[${at}].resource`,
        scope,
      );
      const found = { resource, scope: inner };
      if (typeof entry?.fullUrl === 'string' && !entries.has(entry.fullUrl)) entries.set(entry.fullUrl, found);
      const relative = `${String(resource.resourceType)}/${String(resource.id)}`;
      if (!entries.has(relative)) entries.set(relative, found);
    }
    return entries;
  }

  /** True once the limit of errors is reached: nothing more is worth finding. */
  get isFull(): boolean {
    return this.#errors > MOST_ERRORS;
  }

  /** True when something wrong has been found. */
  get hasErrors(): boolean {
    return this.#errors > 0;
  }
}

/** A value as it may stand in a sentence: JSON, cut short. */
export function shown(value: unknown): string {
  const text =
    typeof value === 'string' ? `'${value.slice(0, 80)}'` : (JSON.stringify(value)?.slice(0, 80) ?? 'nothing');
  return typeof value === 'string' && value.length > 80 ? `${text.slice(0, -1)}...'` : text;
}
