import type { Simulation } from '../simulate/results.ts'
export const simulationSvg = (_: Simulation, file: string): string => file
