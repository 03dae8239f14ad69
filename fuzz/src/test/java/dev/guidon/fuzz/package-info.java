/** A short run of every target, and the proof that each finds the bug that is planted for it. */
package dev.guidon.fuzz;
