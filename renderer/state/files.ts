/** Files a person saves or gives: by the browser's own means, so that the window and the web page do the same. */

const KEEP_MS = 10_000; // the browser needs the address until the download has begun

export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS);
}
