/**
 * XML as FHIR needs it: what is read as XML and written as JSON is the same resource, digits included, and the other way round.
 * https://hl7.org/fhir/R4/xml.html
 */
export { locateXml } from './xml-locate.ts';
export { readXml } from './xml-read.ts';
export { writeXml } from './xml-write.ts';
