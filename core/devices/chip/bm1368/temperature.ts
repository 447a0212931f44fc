/** The BM1368's own thermometer, registers B0 and B4. */
export function bm1368TempC(code: number): number {
  return code * 0.171342 - 299.5144;
}
