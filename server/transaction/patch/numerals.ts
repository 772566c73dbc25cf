/**
 * The digits of numbers that change their place. They stand on the container of the number (resources/numeral.ts), so whoever
 * moves a number moves them too.
 */
import { keepNumeral, NUMERALS, type Numbered, type Numerals } from '../../../resources/numeral.ts';

/** The digits of `container[name]` become `text`, or are forgotten. In place. */
export function putNumeral(container: object, name: string | number, text: string | undefined): void {
  const { [name]: _, ...others } = numeralsOf(container);
  if (text === undefined) keepOnly(container, others);
  else keepNumeral(container, name, text);
}

/** The digits from index `from` on move by one place, up or down, as the items of an array did. In place. */
export function shiftNumerals(array: object, from: number, by: 1 | -1): void {
  const shifted = Object.entries(numeralsOf(array)).flatMap(([index, text]) =>
    Number(index) < from ? [[index, text]] : by < 0 && Number(index) === from ? [] : [[Number(index) + by, text]],
  );
  keepOnly(array, Object.fromEntries(shifted));
}

const numeralsOf = (container: object): Numerals => (container as Numbered)[NUMERALS] ?? {};

function keepOnly(container: object, numerals: Numerals): void {
  if (Object.keys(numerals).length > 0) (container as Numbered)[NUMERALS] = numerals;
  else delete (container as Numbered)[NUMERALS];
}

/** True when two JSON numbers have the same value; `1.0` and `1.00` do, and digits beyond a double still count. */
export function sameNumber(one: string, other: string): boolean {
  return one === other || normal(one) === normal(other);
}

/** Sign, digits without zeros at either end, and the power of ten: one form for each value. */
function normal(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = [...(whole + fraction)];
  const first = digits.findIndex((digit) => digit !== '0');
  if (first === -1) return '0';
  const last = digits.findLastIndex((digit) => digit !== '0');
  const power = Number(exponent) - fraction.length + digits.length - 1 - last;
  return `${mantissa.startsWith('-') ? '-' : ''}${digits.slice(first, last + 1).join('')}e${power}`;
}
