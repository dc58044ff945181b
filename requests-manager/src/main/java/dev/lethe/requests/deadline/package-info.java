/** How long each regulation gives. */
@NullMarked
package dev.lethe.requests.deadline;

import org.jspecify.annotations.NullMarked;
