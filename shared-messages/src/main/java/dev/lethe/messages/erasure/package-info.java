/** What requests-manager asks of cancellation-service. */
@NullMarked
package dev.lethe.messages.erasure;

import org.jspecify.annotations.NullMarked;
