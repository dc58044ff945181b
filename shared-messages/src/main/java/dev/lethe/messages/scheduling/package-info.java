/** How to have a message delivered later. */
@NullMarked
package dev.lethe.messages.scheduling;

import org.jspecify.annotations.NullMarked;
