/**
 * UCUM units in their canonical form: `mg` is 0.001 `g`, `Cel` is 1 `K` and 273.15, so that equal amounts are found whatever the unit.
 * https://ucum.org/ucum and https://hl7.org/fhir/R4/search.html#quantity
 */
import { createRequire } from 'node:module';

export const UCUM = 'http://unitsofmeasure.org';

/** A canonical amount is `scale` times the amount, plus `offset`. */
export interface CanonicalUnit {
  readonly unit: string;
  readonly scale: number;
  readonly offset: number;
}

interface Conversion {
  readonly status: string;
  readonly magnitude?: number;
  readonly unitToExp?: Readonly<Record<string, number>>;
}

interface Ucum {
  convertToBaseUnits(unit: string, amount: number): Conversion;
}

const require = createRequire(import.meta.url);
let loaded: Ucum | undefined;

/** The library holds the whole of UCUM: it is loaded with the first unit that is met. */
function ucum(): Ucum {
  loaded ??= (require('@lhncbc/ucum-lhc') as { UcumLhcUtils: { getInstance(): Ucum } }).UcumLhcUtils.getInstance();
  return loaded;
}

// Units come from clients: the memory they can take is bounded, and no real unit is longer.
const MAX_UNITS = 5_000;
const MAX_LENGTH = 60;
const units = new Map<string, CanonicalUnit | undefined>();

/** The canonical form of a UCUM unit; undefined for what is no UCUM, arbitrary (`[IU]`), or not linear (`[pH]`). */
export function canonicalUnit(code: string): CanonicalUnit | undefined {
  if (units.has(code)) return units.get(code);
  if (units.size >= MAX_UNITS) units.clear();
  const unit = code.length > MAX_LENGTH ? undefined : convert(code);
  units.set(code, unit);
  return unit;
}

function convert(code: string): CanonicalUnit | undefined {
  const [zero, one, two] = [0, 1, 2].map((amount) => baseUnits(code, amount));
  if (!zero || !one || !two) return undefined;
  const scale = one.magnitude - zero.magnitude;
  const isLinear = Math.abs(two.magnitude - one.magnitude - scale) <= Math.abs(scale) * 1e-6;
  if (!isLinear || !(scale > 0)) return undefined;
  const powers = Object.entries(one.unitToExp).filter(([, power]) => power !== 0);
  const unit = powers
    .map(([base, power]) => (power === 1 ? base : `${base}${power}`))
    .sort()
    .join('.');
  return { unit: unit === '' ? '1' : unit, scale, offset: zero.magnitude };
}

function baseUnits(code: string, amount: number): Required<Pick<Conversion, 'magnitude' | 'unitToExp'>> | undefined {
  try {
    const { status, magnitude, unitToExp } = ucum().convertToBaseUnits(code, amount);
    if (status !== 'succeeded' || magnitude === undefined || !unitToExp || !Number.isFinite(magnitude))
      return undefined;
    return { magnitude, unitToExp };
  } catch {
    // The library throws on some texts that are no units.
    return undefined;
  }
}

/** An amount in the canonical unit, rounded to 12 digits so that the way it was reached does not show. */
export function canonicalAmount(amount: number, { scale, offset }: CanonicalUnit): number {
  const canonical = amount * scale + offset;
  return Number.isInteger(canonical) && Math.abs(canonical) < 1e12 ? canonical : Number(canonical.toPrecision(12));
}
