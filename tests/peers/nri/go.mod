// Marks the module's root. What is built is chosen by -modfile, one file for each version of NRI.
module dramemory.test/peers/nri

go 1.26.0
