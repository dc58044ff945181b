/** The scheduler as a participant: what is pending about a person is told with the rest, and forgotten with the rest. */
@NullMarked
package dev.lethe.scheduler.participant;

import org.jspecify.annotations.NullMarked;
