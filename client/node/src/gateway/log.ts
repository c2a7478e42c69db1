/** One JSON object a line on stderr. Nothing secret goes in: no cookie, no token, no query. */

/** Writes an event; values are texts and numbers. */
export type Log = (event: string, fields?: Readonly<Record<string, string | number>>) => void;

export const logToStderr: Log = (event, fields = {}) => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`);
};
