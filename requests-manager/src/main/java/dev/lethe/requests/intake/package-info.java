/** Receives requests and withdrawals from frontends. */
@NullMarked
package dev.lethe.requests.intake;

import org.jspecify.annotations.NullMarked;
