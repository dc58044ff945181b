/** message-scheduler and its peers on the same servers: the scenarios, each of which yields figures. */
@NullMarked
package dev.lethe.benchmarks.scheduler;

import org.jspecify.annotations.NullMarked;
