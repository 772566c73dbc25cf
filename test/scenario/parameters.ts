/** What stands in Parameters. */
import type { ParametersParameter } from '../../resources/types.ts';

export const part = ({ part: parts = [] }: ParametersParameter, name: string): ParametersParameter | undefined =>
  parts.find((each) => each.name === name);
