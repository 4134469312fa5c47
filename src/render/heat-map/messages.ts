/** What is shown in place of, and beside, a map: messages, and other groups to choose from. */
import { jsonInside, type Markup, markup, nothing, shortened } from './markup.ts';

/** Characters of a text in a message, and of a name on a button. */
const TEXT = 300;
const NAME = 60;

/** Why there is no map, and what to do. */
export const message = (what: string, lines: readonly string[] = []): Markup =>
  markup`<p><b>${shortened(what, TEXT)}</b></p>${lines.map((line) => markup`<p>${shortened(line, TEXT)}</p>`)}`;

/** A group to choose. */
export interface Choice {
  readonly groupId: string;
  /** What is said beside its name. */
  readonly hint: string;
}

/** Buttons that show another group in the widget's place. `endpoint`: ARN of the function that draws it. */
export function choices(title: string, groups: readonly Choice[], endpoint: string): Markup {
  if (groups.length === 0) return nothing;
  const buttons = groups.map(
    ({ groupId, hint }) =>
      markup` <a class="btn"><bdi>${shortened(groupId, NAME)}</bdi> ${hint}</a><cwdb-action action="call" display="widget" endpoint="${endpoint}">${jsonInside({ group: groupId })}</cwdb-action>`,
  );
  return markup`<p>${title}${buttons}</p>`;
}
