/** Rows of cells as aligned lines: for people, so one column gives way when the terminal is narrow. */
import { displayWidth, fitted, padEnd, padStart } from './text-width.ts';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Figures stand to the right. */
  readonly align?: 'right';
  /** Shrinks to fit, down to `MIN_FLEXIBLE_COLUMNS`. At most one column. */
  readonly flexible?: true;
}

const GAP = '  ';
const MIN_FLEXIBLE_COLUMNS = 12;
/** One endless name must not push the figures of all other rows off the page. */
const MAX_CELL_COLUMNS = 60;

/** Nothing for no rows. `maxColumns` is infinite where the output is no terminal. */
export function alignedLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  maxColumns: number,
): string[] {
  if (rows.length === 0) return [];
  const table = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => fitted(cell(row), MAX_CELL_COLUMNS))),
  ];
  const widths = fittedWidths(columns, table, maxColumns);
  return table.map((cells) =>
    cells
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        const shown = fitted(cell, width);
        return columns[at]?.align === 'right' ? padStart(shown, width) : padEnd(shown, width);
      })
      .join(GAP)
      .trimEnd(),
  );
}

function fittedWidths<Row>(
  columns: readonly Column<Row>[],
  table: readonly (readonly string[])[],
  maxColumns: number,
): number[] {
  const natural = columns.map((_, at) =>
    table.reduce((widest, cells) => Math.max(widest, displayWidth(cells[at] ?? '')), 0),
  );
  const total = natural.reduce((sum, width) => sum + width, 0) + GAP.length * (columns.length - 1);
  return natural.map((width, at) => {
    const isTooWide = columns[at]?.flexible === true && total > maxColumns;
    return isTooWide ? Math.max(Math.min(width, MIN_FLEXIBLE_COLUMNS), width - (total - maxColumns)) : width;
  });
}
