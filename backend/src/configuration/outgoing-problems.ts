import type { ConfigurationDocument, ConfigurationProblem } from './configuration.schema.ts';

/** What is wrong with how phones call outside: trunks and lines that are not there. */
export function findOutgoingProblems(document: ConfigurationDocument): ConfigurationProblem[] {
  const lines = new Set(document.lines.map(({ id }) => id));
  const shown = [
    { what: '発信', line: document.outgoing?.line, path: '/outgoing/line' },
    ...document.phones.map(({ name, line }, index) => ({
      ...{ what: `電話機「${name}」`, line, path: `/phones/${index}/line` },
    })),
    ...document.desks.map(({ name, line }, index) => ({ what: `窓口「${name}」`, line, path: `/desks/${index}/line` })),
  ];
  return [
    ...trunkProblems(document),
    ...shown.flatMap(({ what, line, path }) =>
      line === undefined || lines.has(line)
        ? []
        : {
            path,
            problemId: 'unknown-line',
            message: `${what}で相手に通知する着信番号「${line}」は登録されていません。登録済みの着信番号を選んでください。`,
          },
    ),
  ];
}

function trunkProblems({ trunks, outgoing }: ConfigurationDocument): ConfigurationProblem[] {
  const known = new Set(trunks.map(({ id }) => id));
  const chosen = outgoing?.trunks ?? [];
  return chosen.flatMap((trunk, index): ConfigurationProblem[] => {
    const path = `/outgoing/trunks/${index}`;
    if (!known.has(trunk)) {
      const message = `発信に使う外線「${trunk}」は登録されていません。登録済みの外線を選んでください。`;
      return [{ path, problemId: 'unknown-trunk', message }];
    }
    if (chosen.indexOf(trunk) === index) return [];
    const message = `発信に使う外線に「${trunk}」が2回入っています。1つにしてください。`;
    return [{ path, problemId: 'repeated-trunk', message }];
  });
}
