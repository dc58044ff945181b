/** What becomes of messages when processes, servers and wires fail in the middle of sending them. */
@NullMarked
package dev.lethe.scheduler.faults;

import org.jspecify.annotations.NullMarked;
