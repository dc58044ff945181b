/** What operators see of the messages over HTTP, and what they can do with them. */
@NullMarked
package dev.lethe.scheduler.operators;

import org.jspecify.annotations.NullMarked;
