/**
 * The special parameter `near` of Location, `latitude|longitude|distance|units`. https://hl7.org/fhir/R4/location.html#positional
 */
import sql, { type Sql } from 'sql-template-tag';
import { decimal } from '../../../resources/primitive.ts';
import { splitUnescaped } from '../escape.ts';
import { quantityIndex } from '../index-table.ts';
import { column } from './condition.ts';
import type { SearchType, SearchValue } from './search-type.ts';
import { unescapeValue } from './unescape.ts';
import { badSearchValue } from './value-error.ts';

/** A place and how far from it, in degrees of latitude. Rows have the latitude in `low`, the longitude in `high`. */
export interface NearValue extends SearchValue {
  readonly type: 'special';
  readonly kind: 'near' | 'anywhere';
  readonly latitude: number;
  readonly longitude: number;
  readonly radius: number;
}

const KM_PER_DEGREE = 111.195;
// Without a distance the server decides what is near: the way to a clinic that one would still go.
const DEFAULT_KM = 50;

const kilometres: Readonly<Record<string, number>> = {
  km: 1,
  m: 0.001,
  mi: 1.609344,
  '[mi_i]': 1.609344,
  '[mi_us]': 1.609347,
  '[nmi_i]': 1.852,
  '[ft_i]': 0.0003048,
};

export const near: SearchType<NearValue> = {
  parse(text, _modifier, param) {
    const [latitude = '', longitude = '', distance = '', unit = '', ...more] = splitUnescaped(text, '|').map(
      unescapeValue,
    );
    const [lat, lon] = [decimal(latitude)?.value, decimal(longitude)?.value];
    const far = distance === '' ? DEFAULT_KM : decimal(distance)?.value;
    const inKm = kilometres[unit === '' || distance === '' ? 'km' : unit];
    if (more.length > 0 || !within(lat, 90) || !within(lon, 180) || far === undefined || far < 0 || inKm === undefined)
      throw badSearchValue(
        param,
        text,
        `is no place; accepted is latitude|longitude|distance|units, for example 42.25|-83.69|11.20|km, in degrees (WGS84) and one of ${Object.keys(kilometres).join(', ')}`,
      );
    return { type: 'special', kind: 'near', latitude: lat, longitude: lon, radius: (far * inKm) / KM_PER_DEGREE };
  },
  modifiers: () => [],
  rows({ value }, { number }) {
    const { latitude, longitude } = (value ?? {}) as { latitude?: unknown; longitude?: unknown };
    if (typeof latitude !== 'number' || typeof longitude !== 'number') return [];
    return [{ table: quantityIndex, row: [number, latitude, longitude, '', 0] }];
  },
  present: () => ({ type: 'special', kind: 'anywhere', latitude: 0, longitude: 0, radius: 0 }),
  table: () => quantityIndex,
  test([, low, high], { kind, latitude, longitude, radius }) {
    if (kind === 'anywhere') return true;
    const north = Number(low) - latitude;
    const around = Math.abs(Number(high) - longitude);
    const east = (around > 180 ? 360 - around : around) * Math.cos((latitude * Math.PI) / 180);
    return north * north + east * east <= radius * radius;
  },
  /** The distance on the plane that touches the earth at the given place: within a percent for what is near. */
  where(alias, { kind, latitude, longitude, radius }, { number }): Sql {
    const param = sql`${column(alias, 'param')} = ${number}`;
    if (kind === 'anywhere') return param;
    const [low, high] = [column(alias, 'low'), column(alias, 'high')];
    const north = sql`(${low} - ${latitude})`;
    const around = sql`abs(${high} - ${longitude})`;
    const narrowing = Math.cos((latitude * Math.PI) / 180);
    const east = sql`(CASE WHEN ${around} > 180 THEN 360 - ${around} ELSE ${around} END) * ${narrowing}`;
    return sql`${param} AND ${low} >= ${latitude - radius} AND ${low} <= ${latitude + radius} AND ${north} * ${north} + ${east} * ${east} <= ${radius * radius}`;
  },
};

const within = (degrees: number | undefined, limit: number): degrees is number =>
  degrees !== undefined && Math.abs(degrees) <= limit;
