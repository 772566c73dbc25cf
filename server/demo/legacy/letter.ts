/** The letters and numbers by which the old programs of the practice know what FHIR has codes for. */

export const letter = {
  sex: { male: 'M', female: 'F', other: 'X', unknown: 'U' },
  language: { en: 'ENG', es: 'SPA', nv: 'NAV', vi: 'VIE', fr: 'FRE', pl: 'POL', pt: 'POR', ar: 'ARA', zh: 'CHI' },
  relation: { MTH: 'MO', FTH: 'FA', SPS: 'SP', DAU: 'DA', SON: 'SO', SIS: 'SI', BRO: 'BR', FRND: 'FR', NBOR: 'NB' },
  plan: { draft: 'D', active: 'A', 'on-hold': 'H', completed: 'C', revoked: 'X' },
  goal: { proposed: 'PR', active: 'AC', 'on-hold': 'HO', completed: 'DN', cancelled: 'CA' },
  progress: {
    'in-progress': 'P',
    improving: 'I',
    worsening: 'W',
    'no-change': 'N',
    achieved: 'A',
    sustaining: 'S',
    'no-progress': 'X',
    'not-achieved': 'X',
    'not-attainable': 'U',
  },
  /** By LOINC code. */
  measure: { '44261-6': 'PHQ9', '4548-4': 'A1C', '8480-6': 'BPS' },
  priority: { 'high-priority': 1, 'medium-priority': 2, 'low-priority': 3 },
  visit: {
    proposed: 'R',
    pending: 'P',
    booked: 'S',
    arrived: 'A',
    'checked-in': 'I',
    fulfilled: 'K',
    noshow: 'N',
    cancelled: 'C',
    waitlist: 'W',
    'entered-in-error': 'E',
  },
  role: {
    '116154003': 'CLI',
    '133932002': 'FAM',
    '768820003': 'CC',
    '446050000': 'PCP',
    '80584001': 'PSY',
    '59944000': 'THE',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string | number>>>>;

/** The letter for a code; null where there is none. */
export const said = (
  table: Readonly<Record<string, string | number>>,
  code: string | undefined,
): string | number | null => (code === undefined ? undefined : table[code]) ?? null;
