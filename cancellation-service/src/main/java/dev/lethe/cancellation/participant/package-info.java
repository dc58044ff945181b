/** The way to participants and back: their queues, and who may answer for whom. */
@NullMarked
package dev.lethe.cancellation.participant;

import org.jspecify.annotations.NullMarked;
