/** What operators need of the engine: how far behind it is and why, what is pending, health, redriving, trimming. Nothing here sends. */
@NullMarked
package dev.lethe.outbox.operations;

import org.jspecify.annotations.NullMarked;
