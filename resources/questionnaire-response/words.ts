/** Wordings compared as people mean them: without case, accents, punctuation and the space between. */

/** `Se ha sentido decaído(a), deprimido(a)…` as `se ha sentido decaidoa deprimidoa`. */
export const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s/-]/gu, '')
    .replace(/[\s/-]+/g, ' ')
    .trim();
