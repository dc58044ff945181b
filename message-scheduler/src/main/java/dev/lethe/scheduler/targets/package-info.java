/** Who may have messages sent where: the scheduler must not be a way around the broker's permissions. */
@NullMarked
package dev.lethe.scheduler.targets;

import org.jspecify.annotations.NullMarked;
