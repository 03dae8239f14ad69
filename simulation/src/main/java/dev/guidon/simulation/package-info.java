/**
 * The whole system in one thread, under one seed, in virtual time: the real cores of log client,
 * control, edge and SDK between a network that loses and delays, disks that crash, and processes
 * that die. {@link dev.guidon.simulation.Simulation} sets the stage, {@link
 * dev.guidon.simulation.Invariants} judges after every event, {@link dev.guidon.simulation.Bug}
 * lists the mistakes that prove the judge.
 */
@NullMarked
package dev.guidon.simulation;

import org.jspecify.annotations.NullMarked;
