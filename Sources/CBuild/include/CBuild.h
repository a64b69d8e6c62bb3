#pragma once

/// The commit that was built; empty where the build was not told of one.
const char *cb_commit(void);
