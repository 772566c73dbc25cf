/**
 * create, update, patch and delete, with criteria or without. What they have in common is in transaction/write.ts, which entries of transactions use
 * too. https://hl7.org/fhir/R4/http.html#create, #update, #patch, #delete
 */
import { write } from '../transaction/write.ts';
import type { Interaction, InteractionCode } from './interaction.ts';

const writing = (code: InteractionCode): Interaction => ({ code, parameters: [], handle: write });

export const create = writing('create');
export const update = writing('update');
export const patch = writing('patch');
export const remove = writing('delete');
