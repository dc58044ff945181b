/** What frontends ask and what everybody may know about a request. */
@NullMarked
package dev.lethe.messages.request;

import org.jspecify.annotations.NullMarked;
