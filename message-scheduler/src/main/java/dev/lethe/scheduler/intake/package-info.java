/** Reads what is to be scheduled or cancelled, and answers. */
@NullMarked
package dev.lethe.scheduler.intake;

import org.jspecify.annotations.NullMarked;
