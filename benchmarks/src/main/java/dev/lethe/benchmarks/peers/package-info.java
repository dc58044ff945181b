/** The peers, each in a JVM of its own, told on its standard input what to do. */
@NullMarked
package dev.lethe.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
