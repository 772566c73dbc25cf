/** Where in an XML text an element stands, for the location of an issue that was found in the resource that was read from it. */
import { type Position, positionAt } from './json-reader.ts';
import { FhirError } from './outcome.ts';
import { isChoiceOf, type Step, stepsOf } from './simple-path.ts';
import type { XmlNode } from './xml-frame.ts';
import { readXmlWithPlaces } from './xml-read.ts';

/**
 * The position of the element that a simple FHIRPath expression points to, or of the nearest element around it that is in the text;
 * undefined when the text is no resource in XML or the expression is not simple.
 */
export function locateXml(text: string, expression: string): Position | undefined {
  const steps = stepsOf(expression);
  if (!steps) return undefined;
  try {
    return positionAt(text, descend(readXmlWithPlaces(text).places, steps).offset);
  } catch (error) {
    if (error instanceof FhirError) return undefined;
    throw error;
  }
}

function descend(root: XmlNode, steps: readonly Step[]): XmlNode {
  let node = root;
  for (const step of steps) {
    const next = childrenFor(node, step)?.[step.index ?? 0];
    if (!next) break;
    node = next;
  }
  return node;
}

function childrenFor({ children }: XmlNode, step: Step): readonly XmlNode[] | undefined {
  const choice = () => [...children.keys()].find((name) => isChoiceOf(name, step));
  return children.get(step.name) ?? children.get(choice() ?? '');
}
