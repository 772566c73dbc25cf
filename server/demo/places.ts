/** Addresses of the synthetic population: an invented valley, with streets that no map shows. */

export const streets: readonly string[] = [
  'Acequia Lane',
  'Agave Court',
  'Calle de la Niña',
  'Copper Kettle Road',
  'Desert Marigold Way',
  'East Ironwood Street',
  'Las Piñatas Drive',
  'Mesquite & 4th',
  'North Cholla Avenue',
  'Ocotillo Terrace',
  'Paseo del Sueño',
  'Quail Crossing',
  'San Ysidro Boulevard',
  'South Tamarisk Street',
  'Via Córdoba',
  'West Creosote Road',
];

/** Town, postal code. */
export const towns: readonly (readonly [name: string, postalCode: string])[] = [
  ['Palo Verde Springs', '85990'],
  ['Palo Verde Springs', '85991'],
  ['San Jacinto Wells', '85992'],
  ['Peñasco Alto', '85993'],
  ['Ocotillo Junction', '85994'],
  ['Santa Inés', '85995'],
];

/** Area codes; all numbers are of the range 555-0100 to 555-0199, which is kept for fiction. */
export const areaCodes: readonly string[] = ['480', '520', '602', '623', '928'];
