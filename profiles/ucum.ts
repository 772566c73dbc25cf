/**
 * UCUM: whether a code is a unit by its grammar. The common ones are known; the rest is asked of the library that fhirpath.js brings, which
 * takes a tenth of a second to load. https://ucum.org/ucum
 */
import { fhirpathLibrary } from '../resources/fhirpath.ts';

export const UCUM = 'http://unitsofmeasure.org';

const COMMON = new Set(
  `1 % kg g mg ug ng pg kg/m2 lb [lb_av] [oz_av] cm m mm um km [in_i] [ft_i] [mi_i] Cel [degF] K mm[Hg] cm[H2O] kPa Pa /min {beats}/min
  {breaths}/min s ms min h d wk mo a L dL mL uL fL mg/dL g/dL g/L mg/L ug/L ng/mL ug/mL pg/mL ng/dL ug/dL mmol/L umol/L nmol/L pmol/L mol/L mmol
  mol meq meq/L U/L [IU]/L [IU] m[IU]/L m[IU]/mL u[IU]/mL k[IU]/L 10*3/uL 10*6/uL 10*9/L 10*12/L /uL /L fL pg {score} {count} {tbl} mL/min
  mL/min/{1.73_m2} mL/h mL/kg L/min mg/kg mg/d mg/h ug/min ug/h ug/kg/min Hz kHz dB V mV A mA W J kcal kcal/d deg [drp] [cup_us] [tsp_us]
  [tbs_us] [foz_us] {pack}/d {#} {ratio} {INR} mosm/kg m/s cm/s m2 cm2 mm2 cm3 mm/h`.split(/\s+/),
);

// Units are short and have no spaces; the library writes to the console about those that do.
const FORM = /^[!-~]{1,100}$/;
const answers = new Map<string, boolean>();
const MOST_ANSWERS = 5000;

export function isUnit(code: string): boolean {
  if (COMMON.has(code)) return true;
  return isUnitWithoutAnnotations(code.replace(/\{[^{}]*\}/g, '{a}'));
}

function isUnitWithoutAnnotations(code: string): boolean {
  if (!FORM.test(code)) return false;
  let answer = answers.get(code);
  if (answer === undefined) {
    if (answers.size >= MOST_ANSWERS) answers.clear();
    answer =
      (fhirpathLibrary().library.ucumUtils.validateUnitString(code) as { readonly status: string }).status === 'valid';
    answers.set(code, answer);
  }
  return answer;
}
