/** A section of one of Asterisk's files. */
export interface Section {
  name: string;
  /** What it inherits from, in pjsip.conf. */
  template?: string;
  lines: string[];
}

export function renderSections(sections: readonly Section[]): string {
  const blocks = sections.map(({ name, template, lines }) =>
    [`[${name}]${template ? `(${template})` : ''}`, ...lines].join('\n'),
  );
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`;
}
