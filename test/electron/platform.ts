/** Code that asks which system it runs on, asked on another one. */
const real = process.platform;

export function pretend(platform: NodeJS.Platform): void {
  Object.defineProperty(process, 'platform', { value: platform });
}

export function stopPretending(): void {
  pretend(real);
}
