/** The scheduler as a participant of erasures: what is pending about a person is forgotten with the rest. */
@NullMarked
package dev.lethe.scheduler.participant;

import org.jspecify.annotations.NullMarked;
