/**
 * Extensions: a URL that is known, used where its definition allows, with the value that its definition gives it. Nested extensions have
 * the short names that the outer definition gives them. https://hl7.org/fhir/R4/extensibility.html
 */
import type { IssueSeverity } from '../resources/outcome.ts';
import type { JsonObject, StructureDefinition } from '../resources/types.ts';
import { childOf, type ElementAssertion } from './assertion.ts';
import { hostOf, hostsOf, isSelected } from './extension-host.ts';
import { evaluator } from './fhirpath.ts';
import { childNodes, type Node } from './node.ts';
import { checkProfile } from './run.ts';
import type { PropertyCheck } from './type-check.ts';
import { type Scope, shown, type Walk } from './walk.ts';

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:/;

export function checkExtension(
  extension: JsonObject,
  property: PropertyCheck,
  path: string,
  scope: Scope,
  walk: Walk,
): void {
  const { url } = extension;
  const node: Node = { value: extension, type: 'Extension', path, scope };
  const isModifier = property.name === 'modifierExtension';
  if (extension.extension !== undefined && hasValue(extension))
    walk.error('invariant', 'ext-1', path, 'ext-1: has both a value and extensions; an extension has one of them');
  else if (extension.extension === undefined && !hasValue(extension))
    walk.error('invariant', 'ext-1', path, 'ext-1: has neither a value nor extensions');
  if (typeof url !== 'string' || url === '') return;
  const isNested = property.definitionPath === 'Extension.extension';
  if (!ABSOLUTE.test(url)) {
    if (!isNested)
      walk.error('value', 'extension-url', path, `Extension.url is an absolute URL here, found ${shown(url)}`);
    return;
  }
  if (url.includes('|')) {
    walk.error('value', 'extension-url', path, `Extension.url has no version, found ${shown(url)}`);
    return;
  }
  const definition = walk.source.structureDefinition(url);
  if (!definition) {
    const severity = unknownSeverity(url, isModifier, walk);
    walk.report(
      severity,
      'extension',
      'extension-unknown',
      path,
      `the extension ${url} is not known here, so ${isModifier ? 'the meaning of what it modifies is not either' : 'its use cannot be checked'}`,
    );
    return;
  }
  if (definition.type !== 'Extension') {
    walk.error('extension', 'extension-unknown', path, `${url} defines a ${definition.type}, not an extension`);
    return;
  }
  checkContext(definition, path, scope, walk);
  checkContextInvariants(definition, path, scope, walk);
  checkModifier(definition, isModifier, path, walk);
  checkNestedUrls(url, node, walk);
  checkProfile(url, node, walk);
}

// Domains kept for documentation, the DICOM committee's examples, HL7's tools, and the namespace of HL7's own extensions: those that came
// after R4 are in a package of their own (hl7.fhir.uv.extensions.r4), so that not knowing one says nothing about the resource.
const BEYOND_US = /^https?:\/\/(?:example\.org\/|nema\.org\/|hl7\.org\/fhir\/(?:tools\/)?StructureDefinition\/)/;

/** One that modifies is graver than one that adds. */
function unknownSeverity(url: string, isModifier: boolean, walk: Walk): IssueSeverity {
  if (isBeyondUs(url)) return isModifier ? 'warning' : 'information';
  return isModifier ? 'error' : (walk.options.unknownExtension ?? 'error');
}

const isBeyondUs = (url: string): boolean => BEYOND_US.test(url);

function hasValue(extension: JsonObject): boolean {
  for (const key in extension) if (key.startsWith('value') || key.startsWith('_value')) return true;
  return false;
}

// R4 defines these on `ElementDefinition.type.code` and elsewhere, and uses them on the type itself.
const ERRATA: Readonly<Record<string, string>> = {
  'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type': 'ElementDefinition.type',
  'http://hl7.org/fhir/StructureDefinition/regex': 'ElementDefinition.type',
  'http://hl7.org/fhir/StructureDefinition/structuredefinition-normative-version': 'Element',
};

function checkContext({ url, context }: StructureDefinition, path: string, scope: Scope, walk: Walk): void {
  if (!context || context.length === 0) return;
  const hosts = hostsOf(path, scope);
  const fits = context.some(({ type, expression }) => {
    if (type === 'fhirpath') return isSelected(expression, path, scope);
    if (type === 'extension') return hosts.extension === expression;
    const element = (expression.split('#').at(-1) ?? expression).replace(/\[x\]$/, '');
    return hosts.elements.has(element);
  });
  const erratum = Object.hasOwn(ERRATA, url) ? ERRATA[url] : undefined;
  if (!fits && !(erratum && hosts.elements.has(erratum)))
    walk.error(
      'extension',
      'extension-context',
      path.replace(/\.(?:modifierE|e)xtension(?:\[\d+\])?$/, ''),
      `the extension ${url} is not allowed on ${hosts.name}, only on ${context.map(({ expression }) => expression).join(', ')}`,
    );
}

/** Conditions on the element that an extension stands on, in FHIRPath. */
function checkContextInvariants(
  { url, contextInvariant }: StructureDefinition,
  path: string,
  scope: Scope,
  walk: Walk,
): void {
  const host = contextInvariant && hostOf(path, scope);
  if (!host) return;
  for (const expression of contextInvariant) {
    try {
      if (evaluator(expression, host.type)(host.value, host.path, scope, walk)) continue;
      walk.error(
        'extension',
        'extension-context',
        host.path,
        `the extension ${url} is allowed here only where ${expression}`,
      );
    } catch {
      // Of %extension and the like nothing is known here.
      walk.report(
        'information',
        'not-supported',
        'extension-context-unchecked',
        host.path,
        `the condition ${expression} of the extension ${url} could not be checked`,
      );
    }
  }
}

function checkModifier(
  { url, differential, snapshot }: StructureDefinition,
  isModifier: boolean,
  path: string,
  walk: Walk,
): void {
  const root = (snapshot ?? differential)?.element.find(({ path }) => path === 'Extension');
  const defined = root?.isModifier ?? false;
  if (root && defined !== isModifier)
    walk.error(
      'extension',
      'extension-modifier',
      path,
      defined
        ? `${url} modifies the meaning of what it stands on: it belongs in modifierExtension`
        : `${url} does not modify: it belongs in extension, not in modifierExtension`,
    );
}

/** Nested extensions with short names are those that the definition names. */
function checkNestedUrls(url: string, node: Node, walk: Walk): void {
  const found = walk.profiles.find(url);
  if (found?.kind !== 'profile') return;
  checkNames(url, found.profile.assertion.root, node, walk);
}

function checkNames(url: string, assertion: ElementAssertion, node: Node, walk: Walk): void {
  const slices = childOf(assertion, 'extension')?.slices ?? [];
  for (const nested of childNodes(node, 'extension')) {
    const name = (nested.value as JsonObject | null)?.url;
    if (typeof name !== 'string' || ABSOLUTE.test(name)) continue;
    const slice = slices.find((each) => (childOf(each, 'url')?.fixed ?? each.sliceName) === name);
    if (slice) checkNames(url, slice, nested, walk);
    else
      walk.error(
        'extension',
        'extension-nested',
        nested.path,
        `the extension ${url} has no part ${shown(name)}${slices.length > 0 ? `, only ${slices.map(({ sliceName }) => sliceName).join(', ')}` : ''}`,
      );
  }
}
