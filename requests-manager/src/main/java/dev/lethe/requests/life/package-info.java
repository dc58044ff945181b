/** What happens to a request from its submission to its end, whoever causes it: each a use case in one transaction. */
@NullMarked
package dev.lethe.requests.life;

import org.jspecify.annotations.NullMarked;
