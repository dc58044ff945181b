/** Follows what cancellation-service says of an erasure. */
@NullMarked
package dev.lethe.requests.erasure;

import org.jspecify.annotations.NullMarked;
