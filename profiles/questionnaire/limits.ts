/**
 * The limits that a question sets on the value of its answers: maxLength, and the extensions minLength, minValue, maxValue, minQuantity,
 * maxQuantity, maxDecimalPlaces, regex, unitOption, mimeType, maxSize, referenceResource.
 */
import { isResourceType } from '../../resources/definition.ts';
import { numeralOf } from '../../resources/json.ts';
import { asObject } from '../assertion.ts';
import { regularExpression } from '../regular-expression.ts';
import { shown, type Walk } from '../walk.ts';
import { compareAnswers } from './compare.ts';
import { called, extensionNumber, extensionValues, type FormItem, optionsOf, type TypedValue } from './form.ts';
import type { Report } from './report.ts';
import type { Answer } from './response.ts';

/** Checks a value of the right type. */
export function checkLimits(item: FormItem, answer: Answer, value: TypedValue, report: Report, walk: Walk): void {
  const at = `${answer.path}.value`;
  if (typeof value.value === 'string') checkText(item, value.value, at, report);
  checkRange(item, value, at, report);
  if (value.type === 'Decimal') checkPlaces(item, value.owner, value.property, at, report);
  const object = asObject(value.value);
  if (!object) return;
  if (value.type === 'Quantity') {
    checkPlaces(item, object, 'value', at, report);
    checkUnit(item, object, at, report);
  }
  if (value.type === 'Attachment') checkFile(item, object, answer.path, report, walk);
  if (value.type === 'Reference') checkReference(item, object, at, report);
}

function checkText(item: FormItem, text: string, at: string, report: Report): void {
  const longest = item.definition.maxLength;
  if (typeof longest === 'number' && text.length > longest)
    report(
      'too-long',
      'answer-max-length',
      at,
      `has ${text.length} characters; ${called(item)} takes at most ${longest}`,
    );
  const shortest = extensionNumber(item, 'minLength');
  if (shortest !== undefined && text.length < shortest)
    report(
      'value',
      'answer-min-length',
      at,
      `has ${text.length} characters; ${called(item)} asks for at least ${shortest}`,
    );
  const pattern = extensionValues(item, 'regex')[0]?.value;
  if (typeof pattern === 'string' && !matches(pattern, text))
    report('value', 'answer-regex', at, `${shown(text)} does not match the pattern ${pattern} of ${called(item)}`);
}

/** A pattern that cannot be run is the fault of the form, not of the answer. */
function matches(pattern: string, text: string): boolean {
  try {
    return regularExpression(`^(?:${pattern})$`).test(text);
  } catch {
    return true;
  }
}

function checkRange(item: FormItem, value: TypedValue, at: string, report: Report): void {
  for (const [names, sign, rule, words] of RANGES)
    for (const limit of names.flatMap((name) => extensionValues(item, name))) {
      const order = limit.type === 'Expression' ? 0 : compareAnswers(value, limit);
      if (order === undefined)
        report(
          'value',
          'answer-incomparable',
          at,
          `${quantityText(value.value)} cannot be compared with ${quantityText(limit.value)}, ${words} that ${called(item)} takes: ${
            value.type === 'Quantity'
              ? 'both need unit codes of one system that convert into one another'
              : 'their types differ'
          }`,
        );
      else if (order * sign > 0)
        report(
          'value',
          rule,
          at,
          `${quantityText(value.value)} is ${sign > 0 ? 'more' : 'less'} than ${quantityText(limit.value)}, ${words} that ${called(item)} takes`,
        );
    }
}

const RANGES: readonly (readonly [names: readonly string[], sign: 1 | -1, rule: string, words: string])[] = [
  [['minValue', 'minQuantity'], -1, 'answer-min-value', 'the least'],
  [['maxValue', 'maxQuantity'], 1, 'answer-max-value', 'the most'],
];

function quantityText(value: unknown): string {
  const quantity = asObject(value);
  if (quantity?.value === undefined) return shown(value);
  const unit = quantity.code ?? quantity.unit;
  return unit === undefined ? String(quantity.value) : `${String(quantity.value)} ${String(unit)}`;
}

function checkPlaces(item: FormItem, owner: object, property: string, at: string, report: Report): void {
  const most = extensionNumber(item, 'maxDecimalPlaces');
  const value: unknown = (owner as Readonly<Record<string, unknown>>)[property];
  if (most === undefined || typeof value !== 'number') return;
  const text = numeralOf(owner, property) ?? String(value);
  const places = /\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
  if (places > most)
    report(
      'value',
      'answer-decimal-places',
      at,
      `${text} has ${places} decimal places; ${called(item)} takes at most ${most}`,
    );
}

function checkUnit(item: FormItem, quantity: Readonly<Record<string, unknown>>, at: string, report: Report): void {
  const units = extensionValues(item, 'unitOption').map(({ value }) => asObject(value) ?? {});
  if (units.length === 0 || quantity.value === undefined) return;
  if (units.some(({ system, code }) => system === quantity.system && code === quantity.code)) return;
  const open = extensionValues(item, 'unitOpen').length > 0;
  const expected = units.map(({ code, display }) => String(code ?? display)).join(', ');
  if (!open)
    report(
      'code-invalid',
      'answer-unit',
      at,
      `the unit of ${quantityText(quantity)} is none of those of ${called(item)}: ${expected}`,
    );
}

function checkFile(
  item: FormItem,
  { contentType, size, data }: Readonly<Record<string, unknown>>,
  at: string,
  report: Report,
  walk: Walk,
): void {
  const allowed = extensionValues(item, 'mimeType').map(({ value }) => String(value));
  if (allowed.length > 0 && typeof contentType === 'string' && !allowed.includes(contentType))
    report(
      'value',
      'answer-mime-type',
      at,
      `has the content type ${contentType}; ${called(item)} takes ${allowed.join(', ')}`,
    );
  else if (allowed.length > 0 && contentType === undefined)
    walk.warning(
      'required',
      'answer-mime-type',
      at,
      `has no content type; ${called(item)} takes ${allowed.join(', ')}`,
    );
  const most = extensionNumber(item, 'maxSize');
  const bytes = typeof size === 'number' ? size : typeof data === 'string' ? Math.floor((data.length * 3) / 4) : 0;
  // The extension counts in mebibytes.
  if (most !== undefined && bytes > most * 1024 * 1024)
    report('too-long', 'answer-max-size', at, `has ${bytes} bytes; ${called(item)} takes at most ${most} MB`);
}

function checkReference(
  item: FormItem,
  { reference }: Readonly<Record<string, unknown>>,
  at: string,
  report: Report,
): void {
  if (typeof reference !== 'string' || reference.startsWith('#') || reference.startsWith('urn:')) return;
  const type = /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9.-]{1,64}(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/.exec(
    reference,
  )?.[1];
  if (type !== undefined && !isResourceType(type)) {
    report(
      'value',
      'answer-reference-type',
      at,
      `${shown(reference)} names the type ${type}, which is no resource type`,
    );
    return;
  }
  const allowed = extensionValues(item, 'referenceResource').map(({ value }) => String(value));
  if (type !== undefined && allowed.length > 0 && !allowed.includes(type))
    report(
      'value',
      'answer-reference-type',
      at,
      `${shown(reference)} is a ${type}; ${called(item)} takes ${allowed.join(', ')}`,
    );
}

/** The options of an item in a sentence, the first few. */
export function optionList(item: FormItem): string {
  const options = optionsOf(item.definition);
  const texts = options.slice(0, 8).map(({ value }) => {
    const coding = asObject(value);
    return coding
      ? `${String(coding.code ?? coding.reference ?? '')}${coding.display ? ` (${String(coding.display)})` : ''}`
      : String(value);
  });
  return texts.join(', ') + (options.length > texts.length ? `, and ${options.length - texts.length} more` : '');
}
