/** A series of totals as a picture: SVG with a text for those who do not see it, the bands of severity behind the line. Pure. */
import type { Course, Point } from '../../../resources/observation/course.ts';
import { bandOf, type Instrument, rangeOf } from '../../../resources/questionnaire-response/instrument.ts';

const WIDTH = 640;
const HEIGHT = 320;
/** The margins hold the titles of the bands, the axes and their numbers. */
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 132, 40, 36];

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const fixed = (value: number): string => String(Math.round(value * 10) / 10);

/** Light to dark, by the place of the band; dark text is legible on each. */
const SHADES = ['#eef6ee', '#f6f5e4', '#fbeedd', '#f9e2d8', '#f5d5d5'];

/** The chart as the text of an SVG document. */
export function chartOf(instrument: Instrument, { points, index }: Course): string {
  const { low, high } = rangeOf(instrument);
  const [first, last] = [points[0]?.time ?? 0, points.at(-1)?.time ?? 0];
  const x = ({ time }: Point): number =>
    last === first ? (LEFT + WIDTH - RIGHT) / 2 : LEFT + ((time - first) / (last - first)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const title = `${instrument.title}, ${points.length} ${points.length === 1 ? 'total' : 'totals'}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title text" font-family="sans-serif" font-size="12" fill="#222">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="text">${escaped(points.map((point) => spoken(instrument, point)).join('; ') || 'No total yet')}</desc>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="20" font-size="15">${escaped(instrument.title)}</text>`,
    ...bands(instrument, y),
    ...(index ? [line(y(index.value / 2), `half of ${index.value}`)] : []),
    `<polyline fill="none" stroke="#1f4e79" stroke-width="2" points="${points.map((point) => `${fixed(x(point))},${fixed(y(point.value))}`).join(' ')}"/>`,
    ...points.map(
      (point) =>
        `<circle cx="${fixed(x(point))}" cy="${fixed(y(point.value))}" r="4" fill="${point === index ? '#b03a2e' : '#1f4e79'}"><title>${escaped(spoken(instrument, point))}</title></circle>` +
        `<text x="${fixed(x(point))}" y="${fixed(y(point.value) - 8)}" text-anchor="middle">${point.value}</text>`,
    ),
    ...days(points, x),
    '</svg>',
  ].join('\n');
}

const spoken = (instrument: Instrument, { date, value }: Point): string => {
  const band = bandOf(instrument, value);
  return `${date.slice(0, 10)}: ${value}${band ? `, ${band.display}` : ''}`;
};

function bands({ bands: all }: Instrument, y: (value: number) => number): readonly string[] {
  return all.flatMap(({ from, display }, at) => {
    const upper = all[at + 1]?.from ?? all[at]?.to ?? from;
    const [top, bottom] = [y(upper), y(from)];
    return [
      `<rect x="${LEFT}" y="${fixed(top)}" width="${WIDTH - LEFT - RIGHT}" height="${fixed(bottom - top)}" fill="${SHADES[at % SHADES.length]}"/>`,
      `<text x="${LEFT - 6}" y="${fixed(bottom + 4)}" text-anchor="end">${from}</text>`,
      `<text x="${WIDTH - RIGHT + 8}" y="${fixed((top + bottom) / 2 + 4)}">${escaped(display)}</text>`,
    ];
  });
}

const line = (at: number, title: string): string =>
  `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fixed(at)}" y2="${fixed(at)}" stroke="#666" stroke-dasharray="4 4"><title>${escaped(title)}</title></line>`;

/** The first and the last day below the axis. */
function days(points: readonly Point[], x: (point: Point) => number): readonly string[] {
  const [first, last] = [points[0], points.at(-1)];
  const label = (point: Point, anchor: string) =>
    `<text x="${fixed(x(point))}" y="${HEIGHT - 12}" text-anchor="${anchor}">${escaped(point.date.slice(0, 10))}</text>`;
  if (!first || !last) return [];
  return first === last ? [label(first, 'middle')] : [label(first, 'start'), label(last, 'end')];
}
